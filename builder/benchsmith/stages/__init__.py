"""The stages of a build: each takes typed rows and returns typed rows or rejections."""
