"""The diffusion engine: any video pipeline of diffusers, by a card of data. Only `runtime/` imports torch."""

VERSION = "1"

JUDGE = {"id": "plain", "version": "1"}  # who looks at films that may be made again: in their keys

# What the weights are run with, for the keys of steps: planning happens where torch is not installed, so it is said
# here and a worker with anything else refuses. A test holds it equal to constraints.txt.
MADE_WITH = {"diffusers": "0.42.1", "ftfy": "6.3.1", "peft": "0.21.2", "torch": "2.13.0", "transformers": "5.23.0"}
