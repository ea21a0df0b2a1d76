package io.plotpalette.local.gateway;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A job to watch, at {@code GET /dashboard/{job_id}}; exists on a laptop only. It asks the API as
 * any other client would, with the access token its user gives it.
 */
public final class DashboardPage implements Consumer<RoutesConfig> {
  /** Nothing but its own script runs, and nothing but this server is asked. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String page = read("dashboard.html");
  private final String script = read("dashboard.js");

  @Override
  public void accept(RoutesConfig routes) {
    routes.get(
        "/dashboard/{job_id}",
        ctx ->
            ctx.header("Content-Security-Policy", POLICY)
                .header("Referrer-Policy", "no-referrer")
                .html(page));
    routes.get(
        "/dashboard.js", ctx -> ctx.contentType("text/javascript; charset=utf-8").result(script));
  }

  private static String read(String name) {
    try (InputStream in = DashboardPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
