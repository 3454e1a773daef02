"""What readers of DICOM pictures and of DICOM labels share."""
