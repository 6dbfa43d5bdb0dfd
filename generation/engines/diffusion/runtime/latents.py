"""Latents to files and back, and to frames and sound: what a pipeline does after its last step, by the VAE's family.

A pipeline's `output_type="latent"` gives what its own decoder would take next, which differs: Wan's are normalised,
LTX-2's are not any more, Hunyuan's are scaled.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

VIDEO, AUDIO = "video", "audio"


def save(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Tensors as safetensors; the same tensors give the same bytes."""
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, path)


def load(path: Path, here: torch.device) -> dict[str, torch.Tensor]:
    return {name: tensor.to(here) for name, tensor in load_file(path).items()}


def without_references(video: torch.Tensor, frames: int) -> torch.Tensor:
    """(1, channels, frames, rows, columns) without the leading frames that held pictures of who is seen."""
    return video[:, :, -frames:]


@torch.no_grad()
def frames_of(pipe: Any, video: torch.Tensor) -> torch.Tensor:
    """(frames, 3, rows, columns) in 0..1, on the VAE's device."""
    vae = pipe.vae
    if hasattr(vae.config, "z_dim"):  # Wan
        shape = (1, vae.config.z_dim, 1, 1, 1)
        mean = torch.tensor(vae.config.latents_mean).view(shape).to(video.device, vae.dtype)
        inverse = 1.0 / torch.tensor(vae.config.latents_std).view(shape).to(video.device, vae.dtype)
        decoded = vae.decode(video.to(vae.dtype) / inverse + mean, return_dict=False)[0]
    elif "timestep_conditioning" in vae.config:  # LTX
        still = torch.zeros(1, device=video.device, dtype=vae.dtype) if vae.config.timestep_conditioning else None
        decoded = vae.decode(video.to(vae.dtype), still, return_dict=False)[0]
    else:
        decoded = vae.decode(video.to(vae.dtype) / vae.config.scaling_factor, return_dict=False)[0]
    made: torch.Tensor = pipe.video_processor.postprocess_video(decoded, output_type="pt")[0]
    return made


def pixels(frames: torch.Tensor) -> Iterator[NDArray[np.uint8]]:
    """Each frame as (rows, columns, 3) bytes; one at a time, because a whole clip as floats is gigabytes."""
    for frame in frames:
        yield (frame.permute(1, 2, 0).float() * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()


@torch.no_grad()
def sound_of(pipe: Any, audio: torch.Tensor) -> tuple[NDArray[np.float32], int]:
    """Stereo (2, samples) in -1..1 and its rate in Hz."""
    spectrogram = pipe.audio_vae.decode(audio.to(pipe.audio_vae.dtype), return_dict=False)[0]
    wave = pipe.vocoder(spectrogram)[0].float().cpu().numpy()
    stereo = np.broadcast_to(wave, (2, wave.shape[-1])) if wave.shape[0] == 1 else wave[:2]
    return np.ascontiguousarray(np.clip(stereo, -1, 1), np.float32), int(pipe.vocoder.config.output_sampling_rate)
