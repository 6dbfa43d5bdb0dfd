"""The only package that imports torch, diffusers and transformers: a worker's child does so when it renders."""
