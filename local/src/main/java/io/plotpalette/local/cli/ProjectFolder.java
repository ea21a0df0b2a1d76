package io.plotpalette.local.cli;

import io.github.cdimascio.dotenv.Dotenv;
import io.plotpalette.local.DataFolder;
import io.plotpalette.local.FreePorts;
import io.plotpalette.local.LocalConfig;
import io.plotpalette.local.PaletteServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Where the launcher was started from: its settings and its files.
 *
 * @param root the folder of the script {@code palette}
 */
record ProjectFolder(Path root, UnaryOperator<String> environment) {
  /** Set by the script {@code palette}. */
  private static final String ROOT_PROPERTY = "palette.root";

  /** The folder named by the launcher; a variable of the environment wins over {@code .env}. */
  static ProjectFolder open() {
    Path root = Path.of(System.getProperty(ROOT_PROPERTY, "")).toAbsolutePath();
    Dotenv environment = Dotenv.configure().directory(root.toString()).ignoreIfMissing().load();
    return new ProjectFolder(root, environment::get);
  }

  /** The same, but with data below {@code folder} and on ports that nothing else uses. */
  ProjectFolder apartIn(Path folder) throws IOException {
    Map<String, String> own = FreePorts.environment();
    own.put(LocalConfig.DATA_FOLDER.key(), folder.resolve("data").toString());
    return new ProjectFolder(root, key -> own.getOrDefault(key, environment.apply(key)));
  }

  /**
   * Starts the product with its log below the data folder. Other commands log to the terminal, for
   * the file belongs to the one process that runs the product.
   */
  PaletteServer start(Consumer<String> progress) throws Exception {
    // Both are read when the first logger is made, which is not before here.
    System.setProperty("palette.log", data().log().toString());
    System.setProperty("logback.configurationFile", "logback-product.xml");
    return PaletteServer.start(config(), plugins(), progress);
  }

  LocalConfig config() {
    return LocalConfig.read(root, environment);
  }

  DataFolder data() {
    return new DataFolder(config().dataFolder());
  }

  /** Where the build puts Flink's plugins. */
  Path plugins() {
    return root.resolve("local/target/palette/plugins");
  }
}
