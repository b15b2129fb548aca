"""Satisfaction 满意度: asked by the firm’s own measure, answered once, counted honestly."""
