"""Opening, answering, planning and closing requests: what people and jobs do."""
