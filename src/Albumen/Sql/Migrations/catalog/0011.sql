-- Photos in the order of their sharpness, from any place on.
CREATE INDEX analysis_sharpness ON analysis (sharpness);
