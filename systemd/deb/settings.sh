# What the package's builders share; read by them from the project's folder.
VERSION_OF_SOURCE=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' kiosk/__init__.py)
# Times in what is built are those of the newest commit, so that building twice makes the same bytes.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
# In the lock and not in a release. pip: sqlite-utils asks for it to install plugins. setuptools: colorzero asks for it and
# never imports it. The others build the kiosk's own wheel.
TOOLS="hatchling packaging pathspec pip setuptools tomlkit trove-classifiers"
