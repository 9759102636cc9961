// Deploys Receivables and signs transfers: node prepare.js RPC COUNT OUT
// OUT: {"contract": address, "raw": [signed transactions], "done": call data that reads how many were done}
"use strict";
const fs = require("fs");
const path = require("path");
const { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, zeroPadValue, toBeHex } =
  require("ethers");
const solc = require("solc");

const PHRASE = "test test test test test test test test test test test junk"; // the tool's own development accounts
const SENDERS = 8;
const AT_ONCE = 100;

function compile() {
  const content = fs.readFileSync(path.join(__dirname, "Receivables.sol"), "utf8");
  const input = {
    language: "Solidity",
    sources: { "Receivables.sol": { content } },
    settings: { optimizer: { enabled: true }, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (!output.contracts) throw new Error(JSON.stringify(output.errors));
  return output.contracts["Receivables.sol"].Receivables;
}

async function main(url, count, out) {
  const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, pollingInterval: 20 });
  const mnemonic = Mnemonic.fromPhrase(PHRASE);
  const wallets = [...Array(SENDERS + 1).keys()].map((n) =>
    HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${n}`).connect(provider));
  const [owner, ...senders] = wallets;
  const { abi, evm } = compile();
  const managed = new NonceManager(owner);
  const contract = await new ContractFactory(abi, evm.bytecode.object, managed).deploy();
  await contract.waitForDeployment();
  const address = await contract.getAddress();
  await (await contract.admit(owner.address)).wait();
  const fixed = { gasLimit: 25000000, maxFeePerGas: 5000000000n, maxPriorityFeePerGas: 0n }; // nothing to ask the node
  let last;
  const share = Math.ceil(count / SENDERS);
  for (let s = 0; s < SENDERS; s++) {
    for (let n = 0; n < share; n += AT_ONCE) {
      last = await contract.issue(senders[s].address, s * share + n, Math.min(AT_ONCE, share - n), fixed);
    }
  }
  while (!(await provider.getTransactionReceipt(last.hash))) await new Promise((wake) => setTimeout(wake, 20));
  const { chainId } = await provider.getNetwork();
  const raw = [];
  for (let n = 0; n < share; n++)
    for (let s = 0; s < SENDERS && raw.length < count; s++) {
      const id = zeroPadValue(toBeHex(s * share + n + 1), 32);
      const data = contract.interface.encodeFunctionData("transfer", [id, owner.address, 40000]);
      raw.push(await senders[s].signTransaction({
        type: 2, chainId, to: address, data, nonce: n, gasLimit: 600000,
        maxFeePerGas: 5000000000n, maxPriorityFeePerGas: 0n,
      }));
    }
  fs.writeFileSync(out, JSON.stringify({ contract: address, raw, done: contract.interface.encodeFunctionData("done") }));
}

main(process.argv[2], Number(process.argv[3]), process.argv[4]).catch((error) => {
  console.error(error);
  process.exit(1);
});
