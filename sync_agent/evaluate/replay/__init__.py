"""Past days judged again, and other assumptions tried."""
