# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The documentation: Markdown files of the checkout, or their copy in the wheel, as pages of this site under /docs.

`markdown` turns one file into a page, `book` all files into a book with its order and its faults, `views` shows a page.
"""
