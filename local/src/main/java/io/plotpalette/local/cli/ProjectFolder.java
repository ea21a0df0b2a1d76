package io.plotpalette.local.cli;

import io.github.cdimascio.dotenv.Dotenv;
import io.plotpalette.local.DataFolder;
import io.plotpalette.local.LocalConfig;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where the launcher was started from: its settings and its files.
 *
 * @param root the folder of the script {@code palette}
 */
record ProjectFolder(Path root, UnaryOperator<String> environment) {
  /** Set by the script {@code palette}. */
  private static final String ROOT_PROPERTY = "palette.root";

  /** Read by logback.xml when the first logger is made. */
  private static final String LOG_PROPERTY = "palette.log";

  /**
   * The folder named by the launcher, with the log sent below its data folder. A variable of the
   * environment wins over {@code .env}.
   */
  static ProjectFolder open() {
    Path root = Path.of(System.getProperty(ROOT_PROPERTY, "")).toAbsolutePath();
    Dotenv environment = Dotenv.configure().directory(root.toString()).ignoreIfMissing().load();
    ProjectFolder project = new ProjectFolder(root, environment::get);
    System.setProperty(LOG_PROPERTY, project.data().log().toString());
    return project;
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
