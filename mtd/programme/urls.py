from django.urls import path

from mtd.programme import views

app_name = "programme"
urlpatterns = [
    path("", views.country_list, name="countries"),
    path("table.csv", views.country_table, name="countries_table"),
    path("<str:code>/", views.country_page, name="country"),
    path("<str:code>/add/<slug:kind>/", views.add_value, name="add_value"),
    path("<str:code>/correct/<str:key>/", views.correct_value, name="correct_value"),
    path("<str:code>/withdraw/<str:key>/", views.withdraw_value, name="withdraw_value"),
]
