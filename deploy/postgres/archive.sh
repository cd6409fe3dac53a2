#!/bin/sh
# archive_command: lays one file of the write-ahead log into the archive, whole or not at all.
# usage: archive.sh PATH NAME     ARCHIVE (default /var/lib/postgresql/archive) should be another machine's disk.
set -eu
archive=${ARCHIVE:-/var/lib/postgresql/archive}
mkdir -p "$archive"
if [ -e "$archive/$2" ]; then
	# After a crash the server asks again for what was archived already. The same file is well, another one never is.
	cmp -s "$1" "$archive/$2"
	exit
fi
cp "$1" "$archive/$2.part"
sync "$archive/$2.part"
mv "$archive/$2.part" "$archive/$2"
sync "$archive"
