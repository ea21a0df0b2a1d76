package io.plotpalette.local.gateway;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/** The contract as a page to read and try out, at {@code GET /docs}; exists on a laptop only. */
public final class SwaggerUi implements Consumer<RoutesConfig> {
  private static final String PATH = "/docs";
  private static final Map<String, String> ASSET_TYPES =
      Map.of(
          "swagger-ui.css", "text/css",
          "swagger-ui-bundle.js", "text/javascript");
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>Plot Palette API</title>
        <link rel="stylesheet" href="%1$s/swagger-ui.css">
      </head>
      <body>
        <div id="ui"></div>
        <script src="%1$s/swagger-ui-bundle.js"></script>
        <script>SwaggerUIBundle({url: '%2$s', dom_id: '#ui', persistAuthorization: true})</script>
      </body>
      </html>
      """;

  private final String contractPath;

  /**
   * @param contractPath where this server has the OpenAPI document
   */
  public SwaggerUi(String contractPath) {
    this.contractPath = contractPath;
  }

  @Override
  public void accept(RoutesConfig routes) {
    routes.get(PATH, ctx -> ctx.html(PAGE.formatted(PATH, contractPath)));
    ASSET_TYPES.forEach(
        (file, type) -> routes.get(PATH + "/" + file, ctx -> serve(file, type, ctx)));
  }

  private static void serve(String file, String type, Context ctx) throws IOException {
    try (InputStream asset =
        resource("META-INF/resources/webjars/swagger-ui/" + version() + "/" + file)) {
      ctx.contentType(type).result(asset.readAllBytes());
    }
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream pom = resource("META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      properties.load(pom);
    }
    return properties.getProperty("version");
  }

  private static InputStream resource(String name) throws IOException {
    InputStream resource = SwaggerUi.class.getClassLoader().getResourceAsStream(name);
    if (resource == null) {
      throw new IOException("Not on the class path: " + name);
    }
    return resource;
  }
}
