"""The contracts of chainbill: one readable Python file each, in the contract subset."""
