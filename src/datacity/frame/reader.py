# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is known of who reads: the language of this request."""

from django.utils.translation import get_language

from datacity.kernel.words import LANGUAGES


def language() -> str:
    """Give "fr" or "en", the language of the page being made; French when Django has none or another."""
    code = (get_language() or "")[:2]
    return code if code in LANGUAGES else LANGUAGES[0]
