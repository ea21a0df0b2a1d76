package io.plotpalette.local;

import io.plotpalette.local.client.TokenClient;
import io.plotpalette.local.identity.MailFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Makes users of the local product: signs up, reads the mail with the code, confirms, logs in. */
public final class SignUp {
  private static final String PASSWORD = "Correct-Horse-9";

  private final TokenClient tokens;
  private final MailFolder mail;

  public SignUp(HttpClient http, URI tokenEndpoint, Path mailFolder) {
    this.tokens = new TokenClient(http, tokenEndpoint, PaletteServer.CLIENT_ID);
    this.mail = new MailFolder(mailFolder);
  }

  /** A new user's access token; {@code name} begins the address, the rest of it is random. */
  public String accessTokenOf(String name) throws IOException, InterruptedException {
    String email = name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    tokens.signUp(email, PASSWORD);
    tokens.confirm(email, Files.readString(mail.fileOf(email)).strip());
    return tokens.logIn(email, PASSWORD);
  }
}
