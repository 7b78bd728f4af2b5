"""What the system says when a file cannot be read or written, in the words of the reader."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOENT: "chemin introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EDQUOT: "plus de place sur le disque",
    errno.EFBIG: "fichier trop grand",
    errno.EROFS: "disque en lecture seule",
    errno.EISDIR: "c'est un dossier de fichiers",
    errno.ENOTDIR: "une partie du chemin n'est pas un dossier de fichiers",
    errno.EEXIST: "ce nom est déjà pris",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "liens qui tournent en rond",
    errno.EIO: "erreur du disque",
    errno.EBUSY: "fichier occupé",
    errno.EINVAL: "chemin incorrect",
    errno.EBADF: "sortie fermée",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENFILE: "trop de fichiers ouverts",
}
"""The usual errors of the system."""


def reason(error: OSError) -> str:
    """Return why the system refused, in French."""
    told = REASONS.get(error.errno or 0)
    if told is None:
        return f"erreur {error.errno} du système" if error.errno else "erreur du système"
    return told
