package io.plotpalette.api.meta;

import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.Router;
import java.util.Map;
import org.crac.Core;

/** Serves the operations tagged {@code meta}; needs no table and no configuration. */
public final class MetaHandler extends ApiHandler {
  private final Router router;

  public MetaHandler() {
    super(PrimingRequest.get("/v1/health"));
    ApiContract contract = ApiContract.packaged();
    ApiResponse health = ApiResponse.json(200, Json.MAPPER.createObjectNode().put("status", "ok"));
    ApiResponse text = ApiResponse.text(200, "application/yaml", ApiContract.text());
    this.router =
        Router.of(
            contract,
            "meta",
            Map.of("getHealth", request -> health, "getContract", request -> text));
    Core.getGlobalContext().register(this);
  }

  @Override
  protected Router router() {
    return router;
  }
}
