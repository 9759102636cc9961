"""Traces: how far the credit of a debtor has travelled, computed from the rows of one height.

Pure functions over a small reader protocol: no clock, no framework, no storage. They follow the definitions of
credit penetration in docs/reference/rest.md: each cent has one path of holders, totals always add up, and what a
reader may not see is counted as hidden and not left out.
"""
