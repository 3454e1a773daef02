"""DICOM headers, pixels and geometry, shared by the readers of DICOM pictures and of DICOM labels."""
