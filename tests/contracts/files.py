"""What every `Files` must do. Subclass it and bring the fixtures `files` and `root`."""

from __future__ import annotations

import errno
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from guardian_agent.errors import StateError

if TYPE_CHECKING:
    from guardian_agent.system import Files


class FilesContract:
    """`root` is an existing, empty directory; `link` and `special` place what the port cannot."""

    def link(self, files: Files, path: str, target: str) -> None:
        raise NotImplementedError

    def special(self, files: Files, path: str) -> None:
        raise NotImplementedError

    def test_what_is_written_is_read(self, files, root):
        files.write(f"{root}/a", b"text")
        assert files.read(f"{root}/a", 4) == b"text"

    def test_reading_more_than_the_limit_is_refused(self, files, root):
        files.write(f"{root}/a", b"text!")
        with pytest.raises(StateError, match="larger than 4 bytes"):
            files.read(f"{root}/a", 4)

    def test_reading_nothing_there(self, files, root):
        with pytest.raises(FileNotFoundError):
            files.read(f"{root}/a", 4)

    def test_reading_a_directory(self, files, root):
        with pytest.raises(IsADirectoryError):
            files.read(root, 4)

    def test_reading_what_could_block_is_refused(self, files, root):
        self.special(files, f"{root}/fifo")
        with pytest.raises(OSError, match="not a regular file"):
            files.read(f"{root}/fifo", 4)
        with pytest.raises(OSError, match="not a regular file"), files.open(f"{root}/fifo"):
            pass

    def test_read_follows_a_link_and_open_does_not(self, files, root):
        files.write(f"{root}/a", b"text")
        self.link(files, f"{root}/l", f"{root}/a")
        assert files.read(f"{root}/l", 9) == b"text"
        with pytest.raises(OSError, match="ymbolic") as caught, files.open(f"{root}/l"):
            pass
        assert caught.value.errno == errno.ELOOP

    def test_open_gives_a_stream(self, files, root):
        files.write(f"{root}/a", b"text")
        with files.open(f"{root}/a") as stream:
            assert stream.read(2) == b"te"
            assert stream.read() == b"xt"

    def test_write_replaces_and_leaves_nothing_else(self, files, root):
        files.write(f"{root}/a", b"long text")
        files.write(f"{root}/a", b"new", 0o644)
        assert files.read(f"{root}/a", 9) == b"new"
        assert [entry.path for entry in files.scan(root)] == [f"{root}/a"]
        assert files.stat(f"{root}/a").mode == 0o644

    def test_write_replaces_a_link_and_not_its_target(self, files, root):
        files.write(f"{root}/target", b"kept")
        self.link(files, f"{root}/a", f"{root}/target")
        files.write(f"{root}/a", b"new")
        assert files.read(f"{root}/target", 9) == b"kept"
        assert files.stat(f"{root}/a").is_file

    def test_write_where_no_directory_is(self, files, root):
        with pytest.raises(FileNotFoundError):
            files.write(f"{root}/no/a", b"")

    def test_failed_write_leaves_nothing(self, files, root):
        files.make_directory(f"{root}/a")
        with pytest.raises(OSError):  # noqa: PT011 - any: a directory is in the way
            files.write(f"{root}/a", b"new")
        assert [entry.path for entry in files.scan(root)] == [f"{root}/a"]

    def test_create_streams(self, files, root):
        with files.create(f"{root}/a") as stream:
            stream.write(b"one")
            stream.write(b"two")
        with files.create(f"{root}/b", 0o640):
            pass
        assert files.read(f"{root}/a", 9) == b"onetwo"
        assert files.read(f"{root}/b", 9) == b""
        assert files.stat(f"{root}/a").mode == 0o600

    def test_create_exclusively_never_replaces(self, files, root):
        files.create_exclusively(f"{root}/key", b"first")
        with pytest.raises(FileExistsError):
            files.create_exclusively(f"{root}/key", b"second")
        assert files.read(f"{root}/key", 9) == b"first"
        assert files.stat(f"{root}/key").mode == 0o600
        assert [entry.path for entry in files.scan(root)] == [f"{root}/key"]

    def test_scan_sorts_by_bytes(self, files, root):
        names = ["b", "ä", "a", ".h", "B", "a\udcff"]
        for name in names:
            files.write(f"{root}/{name}", b"")
        files.make_directory(f"{root}/d")
        found = [entry.path.rpartition("/")[2] for entry in files.scan(root)]
        assert found == [".h", "B", "a", "a\udcff", "b", "d", "ä"]

    def test_scan_of_nothing_and_of_a_file(self, files, root):
        with pytest.raises(FileNotFoundError):
            list(files.scan(f"{root}/no"))
        files.write(f"{root}/a", b"")
        with pytest.raises(NotADirectoryError):
            list(files.scan(f"{root}/a"))

    def test_stat_tells_kinds_apart(self, files, root):
        files.write(f"{root}/a", b"text")
        self.link(files, f"{root}/l", f"{root}/a")
        self.special(files, f"{root}/s")
        kinds = {
            name: (entry.is_file, entry.is_directory, entry.is_link)
            for name in ("a", "l", "s", ".")
            for entry in [files.stat(f"{root}/{name}")]
        }
        assert kinds == {
            "a": (True, False, False),
            "l": (False, False, True),
            "s": (False, False, False),
            ".": (False, True, False),
        }
        followed = files.stat(f"{root}/l", follow=True)
        assert (followed.is_file, followed.size, followed.path) == (True, 4, f"{root}/l")
        assert followed.inode == files.stat(f"{root}/a").inode
        assert stat.S_IFMT(followed.mode) == 0

    def test_exists_counts_dangling_links(self, files, root):
        self.link(files, f"{root}/l", f"{root}/nowhere")
        assert files.exists(f"{root}/l")
        assert not files.exists(f"{root}/nowhere")

    def test_make_directory_with_parents_twice(self, files, root):
        files.make_directory(f"{root}/a/b", 0o700)
        files.make_directory(f"{root}/a/b", 0o700)
        assert files.stat(f"{root}/a/b").is_directory
        assert files.stat(f"{root}/a").mode == 0o700

    def test_make_directory_over_a_file(self, files, root):
        files.write(f"{root}/a", b"")
        with pytest.raises(FileExistsError):
            files.make_directory(f"{root}/a")

    def test_remove_twice(self, files, root):
        files.write(f"{root}/a", b"")
        files.remove(f"{root}/a")
        files.remove(f"{root}/a")
        assert not files.exists(f"{root}/a")

    def test_rename(self, files, root):
        files.make_directory(f"{root}/d")
        files.write(f"{root}/a", b"text")
        files.rename(f"{root}/a", f"{root}/d/b")
        assert not files.exists(f"{root}/a")
        assert files.read(f"{root}/d/b", 9) == b"text"
        files.rename(f"{root}/d", f"{root}/e")
        assert files.read(f"{root}/e/b", 9) == b"text"
        with pytest.raises(FileNotFoundError):
            files.rename(f"{root}/a", f"{root}/c")

    def test_remove_tree_follows_no_link(self, files, root):
        files.make_directory(f"{root}/tree/deep/deeper")
        files.write(f"{root}/tree/deep/a", b"")
        files.write(f"{root}/kept", b"text")
        files.make_directory(f"{root}/keptdir")
        files.write(f"{root}/keptdir/a", b"text")
        self.link(files, f"{root}/tree/l", f"{root}/keptdir")
        self.link(files, f"{root}/tree/m", f"{root}/kept")
        files.remove_tree(f"{root}/tree")
        files.remove_tree(f"{root}/tree")
        assert not files.exists(f"{root}/tree")
        assert files.read(f"{root}/keptdir/a", 9) == b"text"
        assert files.read(f"{root}/kept", 9) == b"text"

    def test_remove_tree_of_a_link_is_refused(self, files, root):
        files.make_directory(f"{root}/kept")
        self.link(files, f"{root}/l", f"{root}/kept")
        with pytest.raises(NotADirectoryError):
            files.remove_tree(f"{root}/l")
        assert files.exists(f"{root}/kept")

    def test_real_path(self, files, root):
        files.make_directory(f"{root}/a/b")
        self.link(files, f"{root}/l", f"{root}/a")
        assert files.real(f"{root}/l/b/../b/c") == files.real(f"{root}/a/b/c")
        assert files.real(f"{root}/a/b/c").endswith("/a/b/c")
        assert files.real(f"{root}/nowhere/c").endswith("/nowhere/c")

    def test_free_bytes(self, files, root):
        assert files.free_bytes(root) > 0

    def test_a_lock_that_cannot_be_made_is_told(self, files, root):
        with pytest.raises(StateError, match="could not be written"):
            files.lock(f"{root}/nowhere/lock").__enter__()

    def test_lock_is_held_by_one(self, files, root):
        with files.lock(f"{root}/lock"):
            with pytest.raises(StateError, match="another guardian-agent"):
                files.lock(f"{root}/lock").__enter__()
            with pytest.raises(StateError), files.lock(f"{root}/lock"):
                pass
        with files.lock(f"{root}/lock"):
            pass

    def test_user_id(self, files, root):
        assert files.user_id() >= 0

    def test_a_folder_gives_files_and_folders_in_byte_order(self, files, root):
        for name in ("b", "a", "\u00e4", "B", "a.b"):
            files.write(f"{root}/{name}", b"text")
        files.make_directory(f"{root}/z")
        files.make_directory(f"{root}/c")
        self.link(files, f"{root}/l", f"{root}/a")
        self.special(files, f"{root}/fifo")
        with files.folder(root) as folder:
            assert folder.entry.is_directory
            assert [list(each) for each in folder.names()] == [
                ["B", "a", "a.b", "b", "\u00e4"],
                ["c", "z"],
            ]

    def test_a_folder_opens_its_files(self, files, root):
        files.write(f"{root}/a", b"some text")
        with files.folder(root) as folder, closing(folder.open("a")) as held:
            assert held.entry == folder.stat("a") == files.stat(f"{root}/a")
            assert (held.read(5, 9), held.read(0, 4), held.read(99, 1)) == (b"text", b"some", b"")
            assert held.next_data(2) == 2

    def test_a_folder_follows_no_link_and_opens_nothing_that_could_block(self, files, root):
        files.write(f"{root}/a", b"text")
        self.link(files, f"{root}/l", f"{root}/a")
        self.special(files, f"{root}/fifo")
        files.make_directory(f"{root}/d")
        with files.folder(root) as folder:
            for name in ("l", "fifo", "d"):
                with pytest.raises(OSError, match=r"ymbolic|regular|directory"):
                    folder.open(name)
            with pytest.raises(FileNotFoundError):
                folder.open("gone")
            with pytest.raises(FileNotFoundError):
                folder.stat("gone")

    def test_a_link_anywhere_on_the_way_leads_to_no_folder(self, files, root):
        files.make_directory(f"{root}/d/e")
        self.link(files, f"{root}/l", f"{root}/d")
        for path in (f"{root}/l", f"{root}/l/e"):
            with pytest.raises(OSError) as caught, files.folder(path):  # noqa: PT011 - by errno
                pass
            assert caught.value.errno in {errno.ELOOP, errno.ENOTDIR}

    def test_what_is_no_folder_is_none(self, files, root):
        files.write(f"{root}/a", b"text")
        with pytest.raises(NotADirectoryError), files.folder(f"{root}/a"):
            pass
        with pytest.raises(FileNotFoundError), files.folder(f"{root}/gone"):
            pass
