# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What lets a stranger check us: hashes, Ed25519 seals and clearances, Merkle proofs, and the verification of all of them.

`verifying.verify` checks a thing from its own bytes; `keys` makes and uses private keys, `public` says whom to trust.
"""
