"""Shots by diffusion models. Everything here but `runtime` is free of torch and can be planned with in any process."""

VERSION = "1"
