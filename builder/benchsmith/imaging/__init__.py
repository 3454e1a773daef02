"""Voxels to pictures: geometry, byte streams, appearance, DICOM pixels, windows, marks and PNG."""
