package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.hexbeat.api.store.TestDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What the tests of a class need that use the console or the punch page: a server of the class's
 * own and the {@link Chromium} that all classes share. After each test its pages are closed, so
 * that none works on beside the next test, and an error that one of them threw fails the test.
 * Pictures go to the directory that {@code hexbeat.screenshots} names, if it names one.
 */
final class InBrowser implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final String[] serverOptions;
  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private @Nullable Browser browser;
  private @Nullable Path data;
  private @Nullable TestServer server;

  InBrowser(String... serverOptions) {
    this.serverOptions = serverOptions;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    browser =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .getOrComputeIfAbsent(Chromium.class, key -> Chromium.launch(), Chromium.class)
            .browser();
    data = TestDirectory.create();
    server = TestServer.start(data, serverOptions);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
    List<String> thrown = List.copyOf(errors);
    errors.clear();
    assertEquals(List.of(), thrown, "errors of a page");
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (server != null) {
      server.close();
    }
    if (data != null) {
      TestDirectory.delete(data);
    }
  }

  TestServer server() {
    return opened(server);
  }

  /** Where a page begins: cookies, storage and settings of a person who was never here. */
  BrowserContext context(Browser.NewContextOptions options) {
    BrowserContext context = opened(browser).newContext(options);
    context.onPage(page -> page.onPageError(errors::add));
    contexts.add(context);
    return context;
  }

  /** The console as somebody sees it who has signed in. */
  Page signIn(String user, String password, Browser.NewContextOptions options) {
    Page page = context(options).newPage();
    page.navigate(server().api().toString());
    page.getByTestId("login-username").fill(user);
    page.getByTestId("login-password").fill(password);
    page.getByTestId("login-submit").click();
    return page;
  }

  /** In English. */
  Page signIn(String user, String password) {
    return signIn(user, password, new Browser.NewContextOptions().setLocale("en-US"));
  }

  Page signInAsAdmin() {
    return signIn("admin", ServerProcess.ADMIN_PASSWORD);
  }

  static void shot(Page page, String name) {
    @Nullable String directory = System.getProperty("hexbeat.screenshots");
    if (directory != null) {
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(directory, name + ".png")));
    }
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("no test of this class has begun");
    }
    return part;
  }
}
