"""From voxels to a picture: windows, square pixels, marks, PNG."""
