"""Weights are fetched from a hub by the command, whole or not at all, and nothing comes along that could run code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generation.tiny import ROOT
from tests.twins.hub import Hub, hub

pytestmark = pytest.mark.slow
WAN, LORAS = "Wan-AI/Wan2.2-TI2V-5B-Diffusers", "Kijai/WanVideo_comfy"
LORA = "FastWan/Wan2_2_5B_FastWanFullAttn_lora_rank_128_bf16.safetensors"


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Hub]:
    wan, loras = tmp_path / "wan", tmp_path / "loras"
    for folder, files in {
        wan: {
            "model_index.json": "{}", "transformer/config.json": "{}", "README.md": "licence: apache-2.0",
            "transformer/diffusion_pytorch_model.safetensors": "w" * 200_000, "vae/weights.bin": "pickle",
            "pipeline.py": "import os", "examples/clip.mp4": "film",
        },
        loras: {LORA: "l" * 5000},
    }.items():  # fmt: skip
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    with hub() as started:
        started.repos |= {WAN: wan, LORAS: loras}
        yield started


def models(twin: Hub, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"HF_ENDPOINT": twin.url, "HF_HOME": str(tmp_path / "hf"), "RW_MODELS_DIR": str(tmp_path / "models")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "models", *words], capture_output=True, text=True, cwd=ROOT,
        timeout=120, env=os.environ | own,
    )


def test_what_a_pipeline_needs_is_fetched_and_nothing_that_could_run(tmp_path: Path, twin: Hub) -> None:
    done = models(twin, tmp_path, "fetch", "wan22-ti2v-5b-fast")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / "wan22-ti2v-5b-fast"
    listed = json.loads((folder / "reelwright.json").read_text())
    assert {name for name, _, _ in listed["files"]} == {
        "README.md", "loras/Wan2_2_5B_FastWanFullAttn_lora_rank_128_bf16.safetensors", "model_index.json",
        "transformer/config.json", "transformer/diffusion_pytorch_model.safetensors",
    }
    assert list(folder.rglob(".*")) == []
    assert done.stdout.strip() == f"wan22-ti2v-5b-fast is here, {listed['digest']}"
    assert not any(one.endswith((".py", ".bin", ".mp4")) for one in twin.asked)
    again = models(twin, tmp_path, "check")
    assert again.stdout.strip() == f"wan22-ti2v-5b-fast: whole, {listed['digest']} (not pinned)"


def test_a_broken_connection_leaves_no_model_or_a_whole_one(tmp_path: Path, twin: Hub) -> None:
    name = "transformer/diffusion_pytorch_model.safetensors"
    twin.cut[name] = 1
    done = models(twin, tmp_path, "fetch", "wan22-ti2v-5b")
    fetched = tmp_path / "models" / "wan22-ti2v-5b" / name
    if done.returncode:
        assert "run it again" in done.stderr
        assert not fetched.parent.parent.exists()
        done = models(twin, tmp_path, "fetch", "wan22-ti2v-5b")
    assert done.returncode == 0, done.stderr
    assert fetched.stat().st_size == 200_000


def test_a_repository_that_the_hub_does_not_show_is_said_so_and_nothing_is_left(tmp_path: Path, twin: Hub) -> None:
    twin.repos.clear()
    done = models(twin, tmp_path, "fetch", "ltx2")
    assert done.returncode == 1
    assert "The hub does not show Lightricks/LTX-2." in done.stderr
    assert not (tmp_path / "models" / "ltx2").exists()
    assert "Traceback" not in done.stderr
