# What the package's builders share; read by them from the project's folder.
VERSION_OF_SOURCE=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' kiosk/__init__.py)
# Times in what is built are those of the newest commit, so that building twice makes the same bytes.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
# In the lock and not in a release. pip: sqlite-utils asks for it to install plugins. setuptools: colorzero asks for it and
# never imports it. The others build the kiosk's own wheel.
TOOLS="hatchling packaging pathspec pip setuptools tomlkit trove-classifiers"
# In both halves: what runs asks for it, and hatchling too.
SHARED="pluggy"
# Raspberry Pi OS's own, taken along where apt knows them: buttons and lamps, the Pi's camera.
PI_PACKAGES="python3-lgpio python3-picamera2"

debian13() { # lines of an apt sources list for Debian 13: this machine's own, with trixie in the place of its release
    # Debian's, and on a Raspberry Pi those of Raspberry Pi OS: all that are named after this machine's release.
    local release uri suite component key
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' | sort -u |
        while read -r uri suite component key; do
            [[ $suite == "$release" || $suite == "$release"-* ]] || continue
            [ -f "$key" ] && key="[signed-by=$key] " || key=
            echo "deb $key$uri ${suite/$release/trixie} $component"
        done
}
