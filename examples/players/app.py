"""
An HTTP service that keeps player profiles.

    IDENTITY_POOL_ID=us-east-1:... flask --app app run
"""

from __future__ import annotations

import os

import boto3
from flask import Flask, Response, jsonify, request
from profiles import Conflict, Profiles, Refused


def create_app(profiles: Profiles | None = None) -> Flask:
    """
    The service.

    Args:
        profiles: where the profiles are; by default in the pool that ``IDENTITY_POOL_ID`` names.
    """
    app = Flask(__name__)
    store = profiles or Profiles(boto3.client("cognito-sync"), os.environ["IDENTITY_POOL_ID"])

    @app.get("/players/<identity_id>")
    def read(identity_id: str) -> Response:
        return jsonify(store.read(identity_id))

    @app.patch("/players/<identity_id>")
    def update(identity_id: str) -> Response | tuple[Response, int]:
        try:
            return jsonify(store.update(identity_id, request.get_json()))
        except Conflict as conflict:
            return jsonify(error=str(conflict)), 409
        except Refused as refusal:
            return jsonify(error=str(refusal)), 422

    return app
