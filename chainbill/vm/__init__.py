"""The contract language: a closed subset of Python, compiled to guarded code and metered.

Rules: nothing outside the allow-list compiles; where the machine accepts a call, plain Python gives the same result,
writes and events; every step, byte, write and event is paid for. It does not decide what a transaction may call (the
ledger does) and keeps no state of its own (the overlay does). Reference: docs/reference/contract-language.md.
"""

from chainbill.vm.compiler import compile_contract, link
from chainbill.vm.context import Context
from chainbill.vm.describe import describe
from chainbill.vm.errors import ContractFault, ContractRefused, ContractRejected, OutOfGas
from chainbill.vm.machine import Machine, Rows
from chainbill.vm.meter import Meter
from chainbill.vm.program import CompiledContract, Program

__all__ = [
    "CompiledContract",
    "Context",
    "ContractFault",
    "ContractRefused",
    "ContractRejected",
    "Machine",
    "Meter",
    "OutOfGas",
    "Program",
    "Rows",
    "compile_contract",
    "describe",
    "link",
]
