"""report.html"""


def write_report(folder, findings):
    pass
