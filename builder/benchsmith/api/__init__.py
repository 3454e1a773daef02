"""The public Python interface; `import benchsmith` exposes it."""
