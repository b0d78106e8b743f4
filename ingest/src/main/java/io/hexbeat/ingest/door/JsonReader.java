package io.hexbeat.ingest.door;

import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from bytes, once and forwards, as the format that drives it asks. Belongs to one loop
 * and is reused; allocates nothing but the texts it is asked for as Strings.
 *
 * <p>It stands before a value or at an end. {@code while (json.nextField())} goes through an object
 * after {@link #beginObject}, and each turn must take the field's value: by one of the methods that
 * read, or {@link #skip}. A value of another kind than asked for is skipped and told by a value
 * that says so. Strict about the grammar (RFC 8259), with two exceptions: NaN and Infinity are let
 * through as numbers, so that a record which holds one is found wrong and not the whole body, and
 * bytes that are no UTF-8 are seen by nobody but the text that holds them.
 */
final class JsonReader {
  /** Deeper than any phone's message, and far from the stack's end. */
  private static final int MAX_DEPTH = 32;

  private static final int MAX_NUMBER_BYTES = 128;

  private final Decimal decimal = new Decimal();
  private final TextSlice name = new TextSlice();
  private final TextSlice text = new TextSlice();

  private byte[] bytes = new byte[0];
  private int at;
  private int to;
  private int depth;

  /** Whether nothing was read yet of the object or array that was begun last. */
  private boolean first;

  private boolean scalarIsNumber;

  JsonReader open(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
    depth = 0;
    first = false;
    if (to - from >= 3
        && bytes[from] == (byte) 0xEF
        && bytes[from + 1] == (byte) 0xBB
        && bytes[from + 2] == (byte) 0xBF) {
      at += 3;
    }
    return this;
  }

  /** Whether only blanks follow. */
  boolean atEnd() {
    return peek() < 0;
  }

  /** Whatever follows is too much. */
  void expectEnd() throws BrokenJsonException {
    if (!atEnd()) {
      throw broken("goes on after its end");
    }
  }

  /** Where the next value begins, or the last one ended if nothing was asked since. */
  int position() {
    return at;
  }

  /** Goes back to a value on the same level, whose {@link #position} was asked before. */
  void seek(int position) {
    at = position;
    first = false;
  }

  /** The first byte of what comes next, blanks skipped; -1 at the end. */
  int peek() {
    while (at < to) {
      int c = bytes[at] & 0xFF;
      if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
        return c;
      }
      at++;
    }
    return -1;
  }

  /** Enters an object, if there is one. */
  boolean beginObject() throws BrokenJsonException {
    return begin('{');
  }

  /** Enters an array, if there is one. */
  boolean beginArray() throws BrokenJsonException {
    return begin('[');
  }

  private boolean begin(char bracket) throws BrokenJsonException {
    if (peek() != bracket) {
      return false;
    }
    if (++depth > MAX_DEPTH) {
      throw broken("deeper than " + MAX_DEPTH + " levels");
    }
    at++;
    first = true;
    return true;
  }

  /** Reads the next field's name and stands before its value; false past the end of the object. */
  boolean nextField() throws BrokenJsonException {
    if (!next('}')) {
      return false;
    }
    if (peek() != '"') {
      throw broken("expected a name in quotes");
    }
    scan(name);
    if (peek() != ':') {
      throw broken("expected ':' after a name");
    }
    at++;
    return true;
  }

  /**
   * Reads the next field's name as {@link #nextField()} does, and tells it to the names, which have
   * it {@link FieldNames#found} then.
   */
  boolean nextField(FieldNames<?> names) throws BrokenJsonException {
    if (first) {
      names.begin();
    }
    if (!next('}')) {
      return false;
    }
    int c = peek();
    int guessed = names.guess(bytes, at, to);
    if (guessed > 0) {
      name.set(bytes, at + 1, at + guessed - 1, true, false);
      at += guessed;
    } else if (c == '"') {
      scan(name);
      names.find(name);
    } else {
      throw broken("expected a name in quotes");
    }
    if (peek() != ':') {
      throw broken("expected ':' after a name");
    }
    at++;
    return true;
  }

  /** Stands before the next element; false past the end of the array. */
  boolean nextElement() throws BrokenJsonException {
    return next(']');
  }

  private boolean next(char end) throws BrokenJsonException {
    int c = peek();
    boolean wasFirst = first;
    first = false;
    if (c == end) {
      at++;
      depth--;
      return false;
    }
    if (wasFirst) {
      return true;
    }
    if (c != ',') {
      throw broken(c < 0 ? "ends too early" : "expected ',' or '" + end + "'");
    }
    at++;
    return true;
  }

  /** The name of the field; valid until the next one is read. */
  TextSlice name() {
    return name;
  }

  boolean isText() {
    return peek() == '"';
  }

  boolean isTruth() {
    int c = peek();
    return c == 't' || c == 'f';
  }

  boolean isNumber() {
    int c = peek();
    return (c >= '0' && c <= '9') || c == '-' || c == 'N' || c == 'I';
  }

  /** Passes over a null, if there is one. */
  boolean takeNull() throws BrokenJsonException {
    if (peek() != 'n') {
      return false;
    }
    literal("null");
    return true;
  }

  /** The text of a value, valid until the next is read; empty for anything else. */
  TextSlice text() throws BrokenJsonException {
    if (isText()) {
      scan(text);
    } else {
      skip();
      text.set(bytes, at, at, true, false);
    }
    return text;
  }

  /**
   * Passes over a value that is a text which, like its name, stands for itself, with nothing
   * between them but the colon, and returns all of the field; otherwise null, and nothing is read.
   */
  @Nullable TextSlice plainField() {
    if (at >= to || bytes[at] != '"' || !name.isPlain() || name.to() + 2 != at) {
      return null;
    }
    int end = ByteScan.plainEnd(bytes, at + 1, to);
    if (end == to || bytes[end] != '"') {
      return null;
    }
    at = end + 1;
    text.set(bytes, name.from() - 1, at, true, false);
    return text;
  }

  /** The text, or the bytes of a number or truth value as they are; only where there is one. */
  TextSlice scalar() throws BrokenJsonException {
    int c = peek();
    scalarIsNumber = false;
    if (c == '"') {
      scan(text);
    } else {
      int from = at;
      if (c == '-' || (c >= '0' && c <= '9')) {
        scalarIsNumber = scanNumber();
      } else {
        skip();
      }
      text.set(bytes, from, at, true, false);
    }
    return text;
  }

  /** The number that {@link #scalar} just found; null if it was something else. */
  @Nullable Decimal scalarNumber() {
    return scalarIsNumber ? decimal : null;
  }

  /** The number; NaN for anything else and for numbers beyond a double. */
  double number() throws BrokenJsonException {
    int c = peek();
    if (c != '-' && (c < '0' || c > '9')) {
      skip();
      return Double.NaN;
    }
    return scanNumber() ? decimal.value() : Double.NaN;
  }

  /** The whole number, or {@code otherwise} for anything else. */
  long whole(long otherwise) throws BrokenJsonException {
    int c = peek();
    if (c != '-' && (c < '0' || c > '9')) {
      skip();
      return otherwise;
    }
    return scanNumber() && decimal.isWhole() ? decimal.whole() : otherwise;
  }

  /** The truth value; false for anything else. */
  boolean truth() throws BrokenJsonException {
    if (peek() == 't') {
      literal("true");
      return true;
    }
    skip();
    return false;
  }

  /** An ISO 8601 text with its offset, or Unix milliseconds. */
  long timeMs() throws BrokenJsonException {
    if (isText()) {
      scan(text);
      return PhoneTime.parseIso(text, false);
    }
    double ms = number();
    return Double.isNaN(ms) || Math.abs(ms) > 1e17 ? PhoneTime.UNREADABLE : Math.round(ms);
  }

  /** Passes over any value. */
  void skip() throws BrokenJsonException {
    switch (peek()) {
      case '{' -> {
        beginObject();
        while (nextField()) {
          skip();
        }
      }
      case '[' -> {
        beginArray();
        while (nextElement()) {
          skip();
        }
      }
      case '"' -> scan(text);
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      case 'N' -> literal("NaN");
      case 'I' -> literal("Infinity");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> scanNumber();
      case -1 -> throw broken("ends too early");
      default -> throw broken("expected a value");
    }
  }

  /**
   * Passes over any value by its brackets and texts alone, for a search before the reading proper,
   * which is when the rest of it is checked.
   */
  void leap() throws BrokenJsonException {
    int open = 0;
    int c = peek();
    if (c != '{' && c != '[') {
      skip();
      return;
    }
    do {
      switch (c) {
        case '{', '[' -> {
          open++;
          at++;
        }
        case '}', ']' -> {
          open--;
          at++;
        }
        case '"' -> scan(text);
        case -1 -> throw broken("ends too early");
        default -> at++;
      }
      c = open > 0 ? peek() : 0;
    } while (open > 0);
  }

  /** Scans a number; false for {@code -Infinity}. */
  private boolean scanNumber() throws BrokenJsonException {
    int end = decimal.scan(bytes, at, to);
    if (!decimal.isJson()) {
      if (bytes[at] == '-' && at + 1 < to && bytes[at + 1] == 'I') {
        at++;
        literal("Infinity");
        return false;
      }
      throw broken("is no number of JSON");
    }
    if (end - at > MAX_NUMBER_BYTES) {
      throw broken("a number of more than " + MAX_NUMBER_BYTES + " digits");
    }
    at = end;
    return true;
  }

  private void scan(TextSlice slice) throws BrokenJsonException {
    int from = at + 1;
    int end = ByteScan.plainEnd(bytes, from, to);
    if (end < to && bytes[end] == '"') {
      slice.set(bytes, from, end, true, false);
      at = end + 1;
    } else {
      scanRest(slice, from, end);
    }
  }

  /** Goes on with a text that is not plain. */
  private void scanRest(TextSlice slice, int from, int i) throws BrokenJsonException {
    boolean escaped = false;
    while (i < to) {
      int c = bytes[i];
      if (c == '"') {
        slice.set(bytes, from, i, false, escaped);
        at = i + 1;
        return;
      }
      if (c == '\\') {
        escaped = true;
        i = escapeEnd(i + 1);
      } else if (c >= 0 && c < ' ') {
        at = i;
        throw broken("a control character in a text");
      } else {
        i++;
      }
    }
    throw unfinished();
  }

  /** An unfinished text is found by its missing quote. */
  private int escapeEnd(int kindAt) throws BrokenJsonException {
    int kind = kindAt < to ? bytes[kindAt] : '"';
    int end = kind == 'u' ? kindAt + 5 : kindAt + 1;
    boolean known = "\"\\/bfnrtu".indexOf(kind) >= 0;
    for (int i = kindAt + 1; known && i < Math.min(end, to); i++) {
      known = Character.digit(bytes[i], 16) >= 0;
    }
    if (!known) {
      at = kindAt;
      throw broken("an unknown escape in a text");
    }
    return end;
  }

  private void literal(String word) throws BrokenJsonException {
    int end = at + word.length();
    for (int i = at; i < end; i++) {
      if (i >= to || bytes[i] != word.charAt(i - at)) {
        throw broken("expected " + word);
      }
    }
    at = end;
  }

  private BrokenJsonException unfinished() {
    at = to;
    return broken("ends within a text");
  }

  private BrokenJsonException broken(String reason) {
    return new BrokenJsonException(reason, at);
  }
}
