# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The data plane: answers the public API and sends files from a folder of sealed publications, without Django."""
