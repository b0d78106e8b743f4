package io.hexbeat.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A backup as one file: a ZIP with a manifest that names every other entry with its size and
 * SHA-256. One thread. Written beside its place and renamed when whole; readable by its owner only,
 * since keys and password hashes are in it. Restores read nothing before every checksum is right.
 */
final class BackupFile {
  static final int FORMAT = 1;

  private static final String MANIFEST = "manifest.json";

  private BackupFile() {}

  /** Writes entry after entry; closed without {@link #finish} it leaves nothing. */
  static final class Writer implements AutoCloseable {
    private final Path target;
    private final Path half;
    private final ZipOutputStream zip;
    private final JsonArray entries = new JsonArray();
    private boolean finished;

    Writer(Path target) throws IOException {
      this.target = target;
      this.half = target.resolveSibling(target.getFileName() + ".half");
      Files.deleteIfExists(half);
      FileAttribute<?> ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      Files.createFile(half, ownerOnly);
      this.zip =
          new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(half), 1 << 20));
      zip.setLevel(Deflater.BEST_SPEED);
    }

    /** Writes what an entry holds; the stream is not to be closed. */
    interface Content {
      void to(OutputStream out) throws IOException;
    }

    void entry(String name, Content content) throws IOException {
      zip.putNextEntry(new ZipEntry(name));
      Counted counted = new Counted(zip);
      content.to(counted);
      counted.flush();
      zip.closeEntry();
      entries.add(
          new JsonObject()
              .put("name", name)
              .put("bytes", counted.bytes)
              .put("sha256", counted.digest()));
    }

    long finish(JsonObject manifest) throws IOException {
      zip.putNextEntry(new ZipEntry(MANIFEST));
      manifest.put("entries", entries);
      zip.write(manifest.encodePrettily().getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.close();
      try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(half, target, StandardCopyOption.ATOMIC_MOVE);
      finished = true;
      return Files.size(target);
    }

    @Override
    public void close() throws IOException {
      if (!finished) {
        zip.close();
        Files.deleteIfExists(half);
      }
    }
  }

  /**
   * The manifest of a backup whose entries are all as they were written.
   *
   * @throws IOException naming what is wrong
   */
  static JsonObject verified(ZipFile zip) throws IOException {
    ZipEntry found = zip.getEntry(MANIFEST);
    if (found == null) {
      throw new IOException(zip.getName() + " is no backup of Hexbeat: it has no " + MANIFEST);
    }
    JsonObject manifest;
    try (InputStream in = zip.getInputStream(found)) {
      manifest = new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    if (manifest.getInteger("format", 0) != FORMAT) {
      throw new IOException(
          "the backup has format="
              + manifest.getValue("format")
              + ", this version reads "
              + FORMAT
              + ": restore it by the version of Hexbeat that wrote it, "
              + manifest.getString("version"));
    }
    for (Object each : manifest.getJsonArray("entries")) {
      JsonObject entry = (JsonObject) each;
      Counted counted = new Counted(OutputStream.nullOutputStream());
      try (InputStream in = open(zip, entry.getString("name"))) {
        in.transferTo(counted);
      }
      if (!counted.digest().equals(entry.getString("sha256"))) {
        throw new IOException("the backup is damaged: " + entry.getString("name") + " has changed");
      }
    }
    return manifest;
  }

  static InputStream open(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("the backup is damaged: " + name + " is missing");
    }
    return zip.getInputStream(entry);
  }

  /** Counts and digests what goes by, and closes nothing. */
  private static final class Counted extends FilterOutputStream {
    private final DigestOutputStream digesting;
    private long bytes;

    Counted(OutputStream out) {
      super(new DigestOutputStream(out, sha256()));
      this.digesting = (DigestOutputStream) super.out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      flush();
    }

    String digest() {
      return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
