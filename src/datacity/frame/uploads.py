# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where a sent file waits until an action takes it: the private scratch folder of the home, never a shared one."""

from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from datacity.frame import scratch

if TYPE_CHECKING:
    _File = UploadedFile[bytes]  # generic in the stubs only
else:
    _File = UploadedFile


class ScratchFile(_File):
    """A file on its way in; it vanishes when it is closed, and with its process at the latest."""

    def __init__(self, name: str, content_type: str, charset: str | None, extra: Any) -> None:
        """Open an empty file in the folder of this process."""
        file = NamedTemporaryFile(prefix="upload-", dir=scratch.folder())  # noqa: SIM115 -- lives as long as the request
        super().__init__(file, name, content_type, 0, charset, extra)

    def close(self) -> None:
        """Close the file; the system removes it. A file that is gone already is fine."""
        try:
            if self.file is not None:
                self.file.close()
        except FileNotFoundError:
            return


class ScratchUploadHandler(FileUploadHandler):
    """Streams a sent file to the scratch folder.

    A visitor's file is dropped unread. Of a file above the server's limit nothing more is written, only counted, so that the
    form can say both sizes.
    """

    def new_file(self, *args: Any, **options: Any) -> None:
        """Open the file. Raises SkipFile when nobody is signed in."""
        super().new_file(*args, **options)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        self._file = ScratchFile(
            self.file_name or "file", self.content_type or "", self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the piece unless the limit is passed."""
        if start + len(raw_data) <= settings.UPLOAD_MAXIMUM_BYTES:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> ScratchFile:
        """Give the file with the size that was sent."""
        self._file.seek(0)
        self._file.size = file_size
        return self._file

    def upload_interrupted(self) -> None:
        """Remove what came before the connection broke."""
        if hasattr(self, "_file"):
            self._file.close()
