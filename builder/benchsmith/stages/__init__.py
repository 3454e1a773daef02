"""The seven verbs. Each takes typed rows and gives typed rows or rejections."""
