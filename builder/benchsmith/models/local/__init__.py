"""Models in this process: finding a checkpoint, choosing a device, chat, and encoders."""
