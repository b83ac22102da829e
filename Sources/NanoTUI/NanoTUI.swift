// NanoTUI
