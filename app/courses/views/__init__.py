"""The pages of lectures, by who looks at them."""
