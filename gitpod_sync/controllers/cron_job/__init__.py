"""CronJobs: when the next Job comes, and which are kept."""
