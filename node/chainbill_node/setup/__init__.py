"""Making a network: genesis, one home for each node, keys, certificates, signer files.

`network.create_network` writes everything for a network whose nodes are set up by one hand; `local_parties` are the
parties of a network for trying things out. `node start` never makes any of this.
"""
