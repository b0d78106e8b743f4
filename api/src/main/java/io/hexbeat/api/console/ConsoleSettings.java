package io.hexbeat.api.console;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment can choose about the console: map tiles instead of the base map that ships with
 * the product, and the language of a browser that asks for neither of ours. Immutable, any thread
 * may read it. A tile URL that is no http(s) template with {z}, {x} and {y} is refused at
 * construction, because a wrong one would only show as an empty map.
 *
 * @param tileUrl XYZ template such as {@code https://tile.example.com/{z}/{x}/{y}.png}; {@code
 *     {-y}} and a host range as in {@code {a-c}.example.com} are allowed; null for the shipped base
 *     map
 * @param tileAttribution the credit that the tiles' owner asks for, shown on the map as text
 * @param defaultLanguage {@code en} or {@code zh-CN}
 * @param version the server's version
 */
public record ConsoleSettings(
    @Nullable String tileUrl,
    @Nullable String tileAttribution,
    String defaultLanguage,
    String version) {

  private static final Pattern TILE_TEMPLATE =
      Pattern.compile("https?://[^\\s;,'\"]+\\{z\\}[^\\s;,'\"]*");
  private static final Pattern HOST_RANGE = Pattern.compile("\\{[a-z0-9]-[a-z0-9]\\}");

  public ConsoleSettings {
    if (tileUrl != null && !isTemplate(tileUrl)) {
      throw new IllegalArgumentException(
          "console.tile_url=" + tileUrl + " must be an http(s) URL with {z}, {x} and {y}");
    }
    if (!defaultLanguage.equals("en") && !defaultLanguage.equals("zh-CN")) {
      throw new IllegalArgumentException(
          "console.default_language=" + defaultLanguage + " must be en or zh-CN");
    }
  }

  /** The shipped base map, English unless the browser prefers Chinese. */
  public static ConsoleSettings defaults(String version) {
    return new ConsoleSettings(null, null, "en", version);
  }

  /** The source expression that a Content-Security-Policy needs to let the tiles in, or null. */
  @Nullable String tileSource() {
    if (tileUrl == null) {
      return null;
    }
    int hostStart = tileUrl.indexOf("://") + 3;
    int hostEnd = tileUrl.indexOf('/', hostStart);
    String scheme = tileUrl.substring(0, hostStart);
    String host = tileUrl.substring(hostStart, hostEnd);
    // A policy knows a wildcard only as the whole first label: {a-c}.example.com becomes
    // *.example.com.
    if (HOST_RANGE.matcher(host).find()) {
      host = "*" + host.substring(host.indexOf('.'));
    }
    return scheme + host;
  }

  private static boolean isTemplate(String url) {
    if (!TILE_TEMPLATE.matcher(url).matches()
        || !url.contains("{x}")
        || !(url.contains("{y}") || url.contains("{-y}"))) {
      return false;
    }
    String plain = HOST_RANGE.matcher(url).replaceAll("a").replaceAll("[{}]", "");
    try {
      URI parsed = URI.create(plain);
      return parsed.getHost() != null && !parsed.getPath().isEmpty();
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
