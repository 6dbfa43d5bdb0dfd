"""Tiny models: real diffusers pipelines with random weights from a fixed seed, for tests and for tries without a GPU.

Their pictures are noise, but sizes, frame rules, conditioning, sound and files on disk are those of the big models.
Nothing is fetched: the tokenizers are built by hand from single letters.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from tokenizers.pre_tokenizers import ByteLevel

from common.errors import Invalid

SEED = 0
LETTERS = string.ascii_letters + string.digits + string.punctuation
TEXT_DIM = 32
GAIN = 20.0


def make_tiny(name: str, folder: Path) -> Path:
    """Save the tiny model `name` (a few MB of safetensors) into `folder`; same name, same weights. Raises `Invalid`."""
    make = TINY.get(name)
    if make is None:
        raise Invalid(f"There is no tiny model {name}.", code="unknown_model", remedy=f"Use one of {', '.join(TINY)}.")
    with torch.random.fork_rng(devices=[]):  # the caller's random state stays as it was
        torch.manual_seed(SEED)
        pipe = make()
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def _t5_tokenizer() -> Any:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("\u2581", -2.0)]
    pieces += [(letter, -3.0) for letter in LETTERS]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=512)


def _umt5() -> Any:
    untied: dict[str, Any] = {"tie_word_embeddings": False}  # the class takes it, its signature does not say so
    config = transformers.UMT5Config(
        vocab_size=128, d_model=TEXT_DIM, d_kv=8, d_ff=37, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu",
        **untied,
    )  # fmt: skip
    return transformers.UMT5EncoderModel(config).eval()


def _wan_shared() -> dict[str, Any]:
    """What every Wan model has, whatever conditions it."""
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    )
    return {"tokenizer": _t5_tokenizer(), "text_encoder": _umt5(), "scheduler": scheduler}


def _wan_vae() -> Any:
    """The VAE of Wan 2.1 and of the 14B models: 8 x smaller pictures, 4 x fewer frames. Without biases, because random
    ones drown the pictures.
    """
    vae = diffusers.AutoencoderKLWan(
        base_dim=8, z_dim=16, dim_mult=[1] * 4, num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    for name, values in vae.named_parameters():
        if name.endswith("bias"):
            values.data.zero_()
    return vae


def _wan_layers(channels_in: int, channels_out: int) -> dict[str, Any]:
    return {
        "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "in_channels": channels_in,
        "out_channels": channels_out, "text_dim": TEXT_DIM, "freq_dim": 256, "ffn_dim": 32, "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 1024,
    }  # fmt: skip


def _wan() -> Any:
    """As Wan 2.2 TI2V-5B: 16 x smaller pictures in 48 channels, the first frame kept by its own time steps."""
    vae = diffusers.AutoencoderKLWan(
        base_dim=8, decoder_base_dim=8, z_dim=48, dim_mult=[1] * 4, num_res_blocks=1,
        temperal_downsample=[False, True, True], is_residual=True, patch_size=2, in_channels=12, out_channels=12,
        scale_factor_spatial=16, scale_factor_temporal=4, latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
    )  # fmt: skip
    transformer = diffusers.WanTransformer3DModel(**_wan_layers(48, 48), num_layers=2)
    return diffusers.WanPipeline(**_wan_shared(), vae=vae, transformer=transformer, expand_timesteps=True)


def _wan_i2v() -> Any:
    """As Wan 2.2 I2V: first and last picture go into the transformer's input channels."""
    transformer = diffusers.WanTransformer3DModel(**_wan_layers(36, 16), num_layers=2)
    _louder(transformer.patch_embedding.weight[:, 16:])  # the noise has the other channels
    _louder(transformer.proj_out.weight)
    return diffusers.WanImageToVideoPipeline(**_wan_shared(), vae=_wan_vae(), transformer=transformer)


def _wan_vace() -> Any:
    transformer = diffusers.WanVACETransformer3DModel(
        **_wan_layers(16, 16), num_layers=3, vace_layers=[0, 2], vace_in_channels=96
    )
    _louder(transformer.vace_patch_embedding.weight)
    for block in transformer.vace_blocks:
        _louder(block.proj_out.weight)
    _louder(transformer.proj_out.weight)
    return diffusers.WanVACEPipeline(**_wan_shared(), vae=_wan_vae(), transformer=transformer)


def _louder(weights: Any) -> None:
    """Random weights hardly listen to pictures: these do."""
    with torch.no_grad():
        weights.mul_(GAIN)


def _gemma_tokenizer() -> Any:
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "\u2581", *LETTERS]
    return transformers.GemmaTokenizer(
        vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=1024
    )


def _gemma() -> Any:
    text = transformers.Gemma3TextConfig(
        vocab_size=128, hidden_size=TEXT_DIM, intermediate_size=37, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, sliding_window=16, max_position_embeddings=1024,
    )  # fmt: skip
    vision = transformers.SiglipVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=16, patch_size=8
    )
    config = transformers.Gemma3Config(
        text_config=text.to_dict(), vision_config=vision.to_dict(), mm_tokens_per_image=4, image_token_index=126,
        boi_token_index=124, eoi_token_index=125,
    )  # fmt: skip
    return transformers.Gemma3ForConditionalGeneration(config).eval()


def _ltx2_transformer() -> Any:
    return diffusers.LTX2VideoTransformer3DModel(
        in_channels=4, out_channels=4, patch_size=1, patch_size_t=1, num_attention_heads=2, attention_head_dim=8,
        cross_attention_dim=16, audio_in_channels=4, audio_out_channels=4, audio_num_attention_heads=2,
        audio_attention_head_dim=4, audio_cross_attention_dim=8, num_layers=2, qk_norm="rms_norm_across_heads",
        caption_channels=TEXT_DIM, rope_double_precision=False, rope_type="split",
    )  # fmt: skip


def _ltx2_connectors() -> Any:
    from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors

    return LTX2TextConnectors(
        caption_channels=TEXT_DIM, text_proj_in_factor=3, video_connector_num_attention_heads=4,
        video_connector_attention_head_dim=8, video_connector_num_layers=1,
        video_connector_num_learnable_registers=None, audio_connector_num_attention_heads=4,
        audio_connector_attention_head_dim=8, audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=None, connector_rope_base_seq_len=32, rope_theta=10000.0,
        rope_double_precision=False, causal_temporal_positioning=False, rope_type="split",
    )  # fmt: skip


def _ltx2_vae() -> Any:
    """32 x smaller pictures and 8 x fewer frames, as the real one; one with 2 x costs a hundred times the tokens."""
    return diffusers.AutoencoderKLLTX2Video(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16, 32, 64),
        decoder_block_out_channels=(8, 16, 32), layers_per_block=(1,) * 5, decoder_layers_per_block=(1,) * 4,
        spatio_temporal_scaling=(True,) * 4, decoder_spatio_temporal_scaling=(True,) * 3,
        decoder_inject_noise=(False,) * 4,
        downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"), upsample_residual=(True,) * 3,
        upsample_factor=(2,) * 3, timestep_conditioning=False, spatial_compression_ratio=32,
        temporal_compression_ratio=8, patch_size=4, patch_size_t=1, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip


def _ltx2_sound() -> dict[str, Any]:
    from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder

    audio_vae = diffusers.AutoencoderKLLTX2Audio(
        base_channels=4, output_channels=2, ch_mult=(1,), num_res_blocks=1, attn_resolutions=None, in_channels=2,
        resolution=32, latent_channels=2, norm_type="pixel", causality_axis="height", dropout=0.0,
        mid_block_add_attention=False, sample_rate=16000, mel_hop_length=160, is_causal=True, mel_bins=8,
    )  # fmt: skip
    vocoder = LTX2Vocoder(
        in_channels=16, hidden_channels=32, out_channels=2, upsample_kernel_sizes=[8, 8, 11, 4],
        upsample_factors=[4, 4, 5, 2],  # 160 samples a column of the spectrogram, so that sound is as long as picture
        resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]], leaky_relu_negative_slope=0.1,
        output_sampling_rate=16000,
    )  # fmt: skip
    return {"audio_vae": audio_vae, "vocoder": vocoder}


def _ltx2() -> Any:
    return diffusers.LTX2ImageToVideoPipeline(
        transformer=_ltx2_transformer(), vae=_ltx2_vae(), scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        text_encoder=_gemma(), tokenizer=_gemma_tokenizer(), connectors=_ltx2_connectors(), **_ltx2_sound(),
    )  # fmt: skip


def _qwen_tokenizer() -> Any:
    symbols = [*sorted(ByteLevel.alphabet()), "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    made = transformers.Qwen2Tokenizer(vocab={symbol: number for number, symbol in enumerate(symbols)}, merges=[])
    made.chat_template = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    return made


def _qwen() -> Any:
    rope = {"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1_000_000.0}
    config = transformers.Qwen2_5_VLTextConfig(
        vocab_size=320, hidden_size=16, intermediate_size=16, num_hidden_layers=4, num_attention_heads=2,
        num_key_value_heads=2, rope_scaling=rope, bos_token_id=256, eos_token_id=256,
    )  # fmt: skip
    return transformers.Qwen2_5_VLTextModel(config).eval()


def _byt5() -> Any:
    config = transformers.T5Config(vocab_size=384, d_model=TEXT_DIM, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return transformers.T5EncoderModel(config).eval()


def _hunyuan15() -> Any:
    """As HunyuanVideo 1.5: two text encoders, guidance by a component of its own, no callback."""
    vae = diffusers.AutoencoderKLHunyuanVideo15(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(16, 16, 16, 16, 16), layers_per_block=1,
        spatial_compression_ratio=16, temporal_compression_ratio=4, downsample_match_channel=False,
        upsample_match_channel=False,
    )  # fmt: skip
    transformer = diffusers.HunyuanVideo15Transformer3DModel(
        in_channels=9, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=2, num_refiner_layers=1,
        mlp_ratio=2.0, patch_size=1, patch_size_t=1, text_embed_dim=16, text_embed_2_dim=TEXT_DIM, image_embed_dim=12,
        rope_axes_dim=(2, 2, 4), target_size=16, task_type="t2v",
    )  # fmt: skip
    return diffusers.HunyuanVideo15Pipeline(
        transformer=transformer, vae=vae, scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        text_encoder=_qwen(), tokenizer=_qwen_tokenizer(), text_encoder_2=_byt5(),
        tokenizer_2=transformers.ByT5Tokenizer(), guider=diffusers.ClassifierFreeGuidance(guidance_scale=3.0),
    )  # fmt: skip


TINY: dict[str, Callable[[], Any]] = {
    "tiny-wan": _wan,
    "tiny-wan-i2v": _wan_i2v,
    "tiny-wan-vace": _wan_vace,
    "tiny-ltx2": _ltx2,
    "tiny-hunyuan15": _hunyuan15,
}
