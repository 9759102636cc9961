// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// The same transfer as on the ledger: a live token of the sender is cut, one piece is offered, the other stays.
contract Receivables {
    struct Token {
        bytes32 bill;
        bytes32 parent;
        uint64 lo;
        uint64 hi;
        uint32 tier;
        uint8 status; // 0 none, 1 live, 2 split
        address holder;
        address offeredTo;
    }

    mapping(bytes32 => Token) public tokens;
    mapping(address => bool) public active;
    uint256 public done;

    event Offered(bytes32 indexed token, bytes32 parent, address to);
    event Kept(bytes32 indexed token, bytes32 parent);

    function admit(address party) external {
        active[party] = true;
    }

    /// `count` tokens of `holder` from number `first` on, 50 a bill.
    function issue(address holder, uint64 first, uint64 count) external {
        for (uint64 n = first; n < first + count; n++) {
            uint64 lo = (n % 50) * 100000;
            tokens[bytes32(uint256(n + 1))] =
                Token(bytes32(uint256(n / 50 + 1)), 0, lo, lo + 100000, 1, 1, holder, address(0));
        }
    }

    function transfer(bytes32 id, address recipient, uint64 amount) external {
        Token storage old = tokens[id];
        require(active[recipient], "recipient_unknown");
        require(old.holder == msg.sender && old.status == 1 && old.offeredTo == address(0), "token_not_free");
        require(amount > 0 && amount < old.hi - old.lo, "amount");
        old.status = 2;
        uint64 cut = old.lo + amount;
        bytes32 offered = keccak256(abi.encode(id, "offered"));
        bytes32 kept = keccak256(abi.encode(id, "kept"));
        tokens[offered] = Token(old.bill, id, old.lo, cut, old.tier, 1, msg.sender, recipient);
        tokens[kept] = Token(old.bill, id, cut, old.hi, old.tier, 1, msg.sender, address(0));
        done += 1;
        emit Offered(offered, id, recipient);
        emit Kept(kept, id);
    }
}
