"""Files of payees for `token transfer --payees`: a whole file is read and judged before anything is sent.

csv_file.py reads rows of texts in the encodings of spreadsheets, workbook.py of xlsx; columns.py finds whom and how
much by headings, judge.py turns both into parties and minor units and gathers all that is wrong.
"""

from __future__ import annotations

from chainbill_cli.payees.judge import Payee, Payees, payees_of_file

__all__ = ["Payee", "Payees", "payees_of_file"]
