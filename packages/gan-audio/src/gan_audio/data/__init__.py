"""Reading, pairing, mixing and windows of sound. No module here loads TensorFlow, SciPy or librosa on import."""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "augmentation": ("Augmentation",),
    "folder": ("DamagedAudioFolder", "PairedArrays", "PairedAudioFolder", "Recording"),
    "inspection": ("Report",),
    "folder_mixing": ("mix_folder",),
    "mixing": ("Mixture", "mix_at_snr"),
    "pairing": ("Pair", "find_pairs", "hold_out", "read_pair"),
    "reading": ("list_audio", "read_audio", "read_header"),
    "resampling": ("resample",),
    "sources": ("Reading", "load_source", "recordings", "unseen_recordings"),
    "voicebank": ("VALIDATION_SPEAKERS", "find_layout", "find_voicebank", "read_log"),
    "windows": ("PairedWindows", "window_starts"),
    "writing": ("write_audio",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
