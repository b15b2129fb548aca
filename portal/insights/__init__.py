"""Insight 分析: tiers, classes, states, churn; indices, comparisons and dashboards."""
