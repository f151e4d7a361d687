"""Work on the seeds of products: whole repositories, composed of layers."""
