"""The demo: one invoice, from the anchor to tier 3 and back to cash, on real node processes.

`cast` says who takes part, `stage` sets the network up, `story` is what happens, `teller` prints it as a person would
tell it. Nothing here has rights that the command line does not have: every act is a signed transaction of its party.
"""
