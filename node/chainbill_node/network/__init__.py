"""Node to node: TLS 1.3 both ways, length-framed messages, one connection between each two nodes.

Rules: a peer is who its certificate says (node id in the SAN), and only members of the on-chain set are let in. All
queues are bounded; a slow peer loses gossip first and its connection next. No task is made per message. What a
message means is not known here.
"""
